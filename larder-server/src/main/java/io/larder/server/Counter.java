package io.larder.server;

/** What a server counts, besides what its store counts. Names are those of memcached's {@code stats}. */
enum Counter {
    CMD_GET("cmd_get"),
    CMD_SET("cmd_set"),
    CMD_FLUSH("cmd_flush"),
    CMD_TOUCH("cmd_touch"),
    CMD_META("cmd_meta"),
    GET_HITS("get_hits"),
    GET_MISSES("get_misses"),
    DELETE_MISSES("delete_misses"),
    DELETE_HITS("delete_hits"),
    INCR_MISSES("incr_misses"),
    INCR_HITS("incr_hits"),
    DECR_MISSES("decr_misses"),
    DECR_HITS("decr_hits"),
    CAS_MISSES("cas_misses"),
    CAS_HITS("cas_hits"),
    CAS_BADVAL("cas_badval"),
    TOUCH_HITS("touch_hits"),
    TOUCH_MISSES("touch_misses"),
    STORE_TOO_LARGE("store_too_large"),
    STORE_NO_MEMORY("store_no_memory"),
    AUTH_CMDS("auth_cmds"),
    AUTH_ERRORS("auth_errors"),
    SSL_NEW_SESSIONS("ssl_new_sessions"),
    SSL_HANDSHAKE_ERRORS("ssl_handshake_errors"),
    BYTES_READ("bytes_read"),
    BYTES_WRITTEN("bytes_written"),
    CONN_YIELDS("conn_yields"),
    RESPONSE_OBJ_OOM("response_obj_oom"),
    READ_BUF_OOM("read_buf_oom"),
    MALLOC_FAILS("malloc_fails"),
    IDLE_KICKS("idle_kicks"),
    CONN_DROPPED("larder_conn_dropped");

    private final String statName;

    Counter(String statName) {
        this.statName = statName;
    }

    String statName() {
        return statName;
    }
}
