"""A preview for the agents of this room."""


def of_booking(hotel_name: str) -> str:
    return f"A bed in {hotel_name} for one night"
