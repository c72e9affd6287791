/** KV memory as bookkeeping: who holds which blocks of the arena, and which a later prompt can start from. Pure Java, no tensors. */
package org.altiplano.engine.kvcache;
