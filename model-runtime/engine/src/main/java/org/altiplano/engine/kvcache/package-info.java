/** KV memory as bookkeeping: who owns which tokens of the arena. Pure Java, no tensors. */
package org.altiplano.engine.kvcache;
