"""What is looked at before a night: the host, the servers, the services, the elections, and the doors to them."""
