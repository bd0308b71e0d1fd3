"""A register in the parts that are stored, the head and one record for each contest. Pure.

So an amendment writes one contest, whatever the size of the register. All of a register is checked once, when it is
sent; what is put together here is not checked again.
"""

from typing import Any

from schemas.register import Contest, Register, RegisterHead


def head_of(register: Register) -> RegisterHead:
    """Return all of a register but its contests."""
    return RegisterHead.model_construct(**_head_fields(register))


def assembled(head: RegisterHead, contests: dict[str, Contest]) -> Register:
    """Return the register of these parts; a contest that is put into ``contests`` later is in the register, too."""
    return Register.model_construct(**_head_fields(head), contests=contests)


def _head_fields(head: RegisterHead) -> dict[str, Any]:
    return {name: getattr(head, name) for name in RegisterHead.model_fields}
