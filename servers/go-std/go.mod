module httpdyno/servers/go-std

go 1.26
