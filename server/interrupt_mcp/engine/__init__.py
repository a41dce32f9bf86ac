"""What carries runs. It knows run ids and one coroutine that drives; not what driving is."""
