"""What both HTTP services are made of: connections, problem details, proxies that are believed."""
