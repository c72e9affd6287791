/** Tokens in, tokens out: one engine per model, and the host that holds them. */
package org.altiplano.engine;
