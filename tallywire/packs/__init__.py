"""Election packs: reading, checking, building."""
