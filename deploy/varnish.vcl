# A cache in front of `tallywire publishing --stream-seconds 300`, for Debian's Varnish 7.1 (apt-get install varnish):
#
#   varnishd -a 0.0.0.0:8080 -f deploy/varnish.vcl -s malloc,512m -p http_gzip_support=off
#
# Pages are kept as the service says, in each of its own encodings: Varnish's gzip is off, or nobody would get br. Readers of a feed who are at the same place share one stream of the service.
# tests/deploy/test_cache.py runs this file.

vcl 4.1;

backend publishing {
    .host = "127.0.0.1";
    .port = "8481";
    .connect_timeout = 2s;
    .first_byte_timeout = 10s;
    # The service says something at least every 15 seconds.
    .between_bytes_timeout = 60s;
}

sub vcl_recv {
    if (req.method != "GET" && req.method != "HEAD") {
        return (synth(405));
    }
    unset req.http.Cookie;
    # Whose keys are asked for is for the service to say, each time.
    if (req.http.Authorization || req.url ~ "[?&]key=") {
        return (pass);
    }
    # For probes inside.
    if (req.url ~ "^/health/") {
        return (synth(404));
    }
    # Three kinds of readers, not one for each browser's way to say it.
    if (req.http.Accept-Encoding ~ "\bbr\b") {
        set req.http.Accept-Encoding = "br";
    } elsif (req.http.Accept-Encoding ~ "\bgzip\b") {
        set req.http.Accept-Encoding = "gzip";
    } else {
        unset req.http.Accept-Encoding;
    }
    return (hash);
}

sub vcl_hash {
    hash_data(req.url);
    # Where a reader goes on is part of what it asks for: else it would be given somebody else's place.
    if (req.http.Last-Event-ID) {
        hash_data(req.http.Last-Event-ID);
    }
    return (lookup);
}

sub vcl_backend_response {
    if (beresp.http.Content-Type ~ "^text/event-stream" && beresp.status == 200) {
        # Passed on as it comes. Who joins within two seconds is given the same stream from its beginning; then another
        # one is fetched, and the first goes on for those who have it.
        set beresp.do_stream = true;
        set beresp.ttl = 2s;
        set beresp.grace = 0s;
        set beresp.keep = 0s;
        # Not what comes by itself next: that keeps nothing that says no-cache, which is meant for caches we do not know.
        return (deliver);
    } elsif (beresp.status >= 400) {
        set beresp.uncacheable = true;
        set beresp.ttl = 0s;
        return (deliver);
    } else {
        # While it is fetched anew, a page may be so much older than it says.
        set beresp.grace = 1s;
    }
}
