"""The script of a rehearsal."""

from tallywire.demo.script import write_script
from tallywire.packs.pack import find_pack, read_pack


def test_a_rehearsal_goes_on_as_it_began() -> None:
    """Promise: when a centre has got a key of its own meanwhile, all others send what they would have sent."""
    pack = read_pack(find_pack("pcc.2024-05-02"))
    whole = write_script(pack, frozenset(), signed=True)
    assert whole.mischief
    for left_out in pack.register.contests:
        rest = write_script(pack, frozenset({left_out}), signed=True)
        assert rest.posts == tuple(post for post in whole.posts if post.ballot_id != left_out)
