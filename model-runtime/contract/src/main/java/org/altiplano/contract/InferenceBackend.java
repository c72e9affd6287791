package org.altiplano.contract;

/** Turns requests into generations. A request's own failure is an event with a code, never an exception. */
public interface InferenceBackend {

    /**
     * Queues a request and returns at once.
     *
     * @param request what to generate
     * @param listener hears the generation's events, possibly before this method returns
     * @return the handle by which the generation is cancelled
     */
    Generation submit(GenerationRequest request, GenerationListener listener);
}
