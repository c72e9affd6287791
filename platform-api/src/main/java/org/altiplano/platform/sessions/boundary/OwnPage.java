package org.altiplano.platform.sessions.boundary;

import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;

/** Tells the console's own requests from those that a foreign page makes a browser send with its cookie. Owns nothing; any thread. */
final class OwnPage {

    private OwnPage() {
    }

    /** @param requestedWith the header {@code X-Requested-With}, which a foreign page cannot set; null if there is none */
    static void require(String requestedWith) {
        if (!"altiplano".equals(requestedWith)) {
            throw new ProblemException(Problem.of(403, "This request must carry the header 'X-Requested-With: altiplano'."));
        }
    }
}
