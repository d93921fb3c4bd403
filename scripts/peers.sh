# Shell functions to start and stop servers for checks and benchmarks; source this file.
# Every server started here is stopped when the script ends.

peers_started=

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

peers_await() { # port, name
    tries=0
    until printf 'version\r\nquit\r\n' | nc -w 1 127.0.0.1 "$1" 2>/dev/null | grep -q VERSION; do
        tries=$((tries + 1))
        if [ $tries -gt 150 ]; then
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

peers_larder() { # port, then flags; sets $peer_pid
    port=$1
    shift
    $peers_pin "$home/larder" serve -p "$port" "$@" &
    peer_pid=$!
    peers_started="$peers_started $peer_pid"
    peers_await "$port" larder
}

peers_pin= # a command to put in front, such as taskset -c 0
