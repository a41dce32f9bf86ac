def fault_of(python):
    return ""
