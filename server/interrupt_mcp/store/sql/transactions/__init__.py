"""What happens in a transaction, by table. Each function is a part of one; none of them opens or ends one."""
