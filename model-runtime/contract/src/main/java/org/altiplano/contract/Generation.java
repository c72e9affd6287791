package org.altiplano.contract;

/** A generation under way. */
public interface Generation {

    /** A wish, from any thread, any number of times: the terminal event still comes. */
    void cancel();
}
