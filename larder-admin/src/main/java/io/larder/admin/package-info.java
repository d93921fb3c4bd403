/** The admin pages of a cache server over HTTP: metrics for Prometheus, and whether it lives and serves. */
@NullMarked
package io.larder.admin;

import org.jspecify.annotations.NullMarked;
