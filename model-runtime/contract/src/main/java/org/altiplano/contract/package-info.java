/**
 * The one port of the platform: submit a generation, listen, maybe cancel. JDK only.
 *
 * <p>The engine implements it at the worker, the grid implements it at the gateway, a script implements it in tests.
 * No tenant, user or key is known here: {@link org.altiplano.contract.CacheSalt} and
 * {@link org.altiplano.contract.FairShare} are opaque.
 */
package org.altiplano.contract;
