/** The cache server: listener, event loops, command execution over the item store. */
@NullMarked
package io.larder.server;

import org.jspecify.annotations.NullMarked;
