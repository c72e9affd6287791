package org.altiplano.platform.completions.boundary;

import jakarta.json.JsonObject;
import java.util.List;
import org.altiplano.platform.completions.entity.RunEvent;
import org.altiplano.platform.completions.entity.Transcript;
import org.altiplano.platform.completions.entity.Usage;

/** The form of one request's answer, as a whole or as the chunks of a stream; one thread at a time. */
interface AnswerShape {

    /** The chunks that tell an event, in order; empty if it changes nothing for the client. */
    List<JsonObject> chunks(RunEvent.OfChoice event);

    /** The chunk that tells the usage, after all others. */
    JsonObject usageChunk(Usage usage);

    /** The whole answer. */
    JsonObject whole(List<Transcript> choices, Usage usage);
}
