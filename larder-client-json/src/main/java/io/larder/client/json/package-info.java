/** Values of the memcached client as JSON, by Jackson. */
@NullMarked
package io.larder.client.json;

import org.jspecify.annotations.NullMarked;
