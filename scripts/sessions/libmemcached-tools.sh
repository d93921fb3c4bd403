#!/bin/sh
# Every tool of libmemcached that talks to a server, by the text and by the binary protocol, one line or more of outcome each:
# libmemcached-tools.sh PORT
set -u
port=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
printf 'first value' >one
printf 'second value' >two
head -c 500000 /dev/zero | tr '\0' x >large
head -c 2000000 /dev/zero >too-large

run() { # tool, arguments: what it prints on both outputs, and its exit code
    tool=$1
    shift
    code=0
    # shellcheck disable=SC2086 # one word or none
    outcome=$(timeout 60 "$tool" --servers="127.0.0.1:$port" $binary "$@" 2>&1) || code=$?
    echo "$tool $binary $*: $outcome, exit code $code"
}

binary=
run memcping
[ "$(memcstat --servers="127.0.0.1:$port" | wc -l)" -gt 20 ] && echo "memcstat lists more than 20 lines"
for binary in '' --binary; do
    run memcflush
    run memccp one
    run memccp --flag=7 --expire=100 two
    run memccat one
    run memccat --flags two
    run memccat one two
    run memccat --file=copy two
    printf 'copied: %s\n' "$(cat copy)"
    run memccat none
    run memccp --add two
    run memccp --replace one
    run memccp large
    run memccat --file=copy large
    cmp copy large && echo "large came back"
    run memccp too-large
    run memcexist one
    run memcexist none
    run memctouch --expire=100 one
    run memctouch --expire=100 none
    run memcrm two
    run memcrm two
    run memccat two
    run memcflush
    run memcexist one
done
binary=
run memccp one
memcdump --servers="127.0.0.1:$port" >/dev/null && echo "memcdump ends well" # memcached lists only items of its third queue
