"""Makes the synchronous half of the client from the asynchronous one."""
