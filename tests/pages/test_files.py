"""Scripts and style sheets of pages, without a browser."""

import re

import pytest

from tallywire.pages import files


def test_the_files_of_a_release_stand_beside_each_other() -> None:
    """Promise: a script reaches the ones that it imports beside it, and a style sheet what it names."""
    named = {
        (name, other)
        for name in sorted(files.names())
        for other in re.findall(r"""(?:\bfrom |\bimport |url\()['"]?\./([\w.-]+)""", files.content(name).decode())
    }
    assert {other for _, other in named} <= files.names()
    folder = files.address("board.js").rpartition("/")[0]
    assert {files.address(name) for name in files.names()} == {f"{folder}/{name}" for name in files.names()}


def test_a_file_that_is_not_there_has_no_address() -> None:
    """Promise: a page cannot be made that names a file which is not there."""
    with pytest.raises(KeyError):
        files.address("boards.css")
