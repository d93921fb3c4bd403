/** memcached requests and replies: incremental codecs over {@code ByteBuffer} that never block and own no socket. */
@NullMarked
package io.larder.protocol;

import org.jspecify.annotations.NullMarked;
