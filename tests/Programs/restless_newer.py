"""What restless.py does with syntax that 2.7 does not have; the comments are read as there."""


def delegating(source_one, give_two):
    def source_two():
        yield from source_one()  # -> source_one
        yield give_two()  # -> give_two

    return source_two
