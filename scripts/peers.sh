# Shell functions to start and stop servers for checks and benchmarks; source this file.
# Every server started here is stopped when the script ends.
# shellcheck shell=sh disable=SC2154 # home is set by who sources this

peers_started=

# The java to use: that of JAVA_HOME, or of the path.
peers_java=java
[ -z "${JAVA_HOME:-}" ] || peers_java=$JAVA_HOME/bin/java

peers_stop() {
    for pid in $peers_started; do
        kill "$pid" 2>/dev/null || true
    done
    for pid in $peers_started; do
        wait "$pid" 2>/dev/null || true
    done
    peers_started=
}
trap peers_stop EXIT
trap 'exit 130' INT TERM

peers_await() { # port, name; of the process $peer_pid
    tries=0
    until printf 'version\r\nquit\r\n' | nc -w 1 127.0.0.1 "$1" 2>/dev/null | grep -q -e VERSION -e unauthenticated; do
        tries=$((tries + 1))
        if ! kill -0 "$peer_pid" 2>/dev/null; then
            echo "$2 did not start on port $1" >&2
            exit 1
        fi
        if [ $tries -gt 600 ]; then
            echo "$2 does not answer on port $1" >&2
            exit 1
        fi
        sleep 0.1
    done
}

peers_memcached() { # port, then flags; sets $peer_pid
    port=$1
    shift
    user=
    [ "$(id -u)" -ne 0 ] || user="-u nobody"
    # shellcheck disable=SC2086 # two words
    $peers_pin memcached $user -l 127.0.0.1 -U 0 -p "$port" "$@" &
    peer_pid=$!
    peers_started="$peers_started $peer_pid"
    peers_await "$port" memcached
}

# Like peers_memcached, with users: it speaks no text, so that only its port can be awaited.
peers_memcached_sasl() { # port; sets $peer_pid
    user=
    [ "$(id -u)" -ne 0 ] || user="-u nobody"
    # shellcheck disable=SC2086 # two words
    memcached $user -S -l 127.0.0.1 -U 0 -p "$1" 2>/dev/null & # it says "SASL (severity 1)" at every login
    peer_pid=$!
    peers_started="$peers_started $peer_pid"
    tries=0
    until nc -z 127.0.0.1 "$1"; do
        tries=$((tries + 1))
        if ! kill -0 "$peer_pid" 2>/dev/null || [ $tries -gt 600 ]; then
            echo "memcached -S did not start on port $1" >&2
            exit 1
        fi
        sleep 0.1
    done
}

peers_larder() { # port, then flags; sets $peer_pid
    port=$1
    shift
    $peers_pin "$home/larder" serve -p "$port" "$@" &
    peer_pid=$!
    peers_started="$peers_started $peer_pid"
    peers_await "$port" larder
}

peers_pin= # a command to put in front, such as taskset -c 0
