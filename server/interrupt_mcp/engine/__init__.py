"""What has runs driven. It knows runs by their ids, and one coroutine that drives; not what driving is."""
