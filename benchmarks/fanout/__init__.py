"""Many readers of one feed: our publishing service beside nginx with nchan and beside sse-starlette."""
