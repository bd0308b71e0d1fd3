"""Templates: Jinja2, with everything escaped, and nothing that is not there passed over."""

from functools import cache

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from tallywire.pages import files, numbers


@cache
def environment(package: str) -> Environment:
    """Return the templates of a package, with those that all pages share."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("tallywire.pages")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for each in (
        numbers.thousands,
        numbers.signed,
        numbers.percent,
        numbers.clock,
        numbers.day,
        numbers.moment,
        numbers.duration,
        numbers.majority,
        numbers.opening,
    ):
        made.filters[each.__name__] = each
    made.globals["static"] = files.address
    return made


def render(package: str, template: str, **values: object) -> str:
    """Return a page, or a part of one.

    Args:
        package: whose template it is.
        template: its name.
        values: what is in it.
    """
    return environment(package).get_template(template).render(**values)
