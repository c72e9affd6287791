package org.altiplano.platform.completions.control;

import java.util.List;
import java.util.stream.Stream;
import org.altiplano.platform.completions.entity.RunEvent;
import org.altiplano.platform.completions.entity.Transcript;

/** Owns the growing choices of a request that is answered as a whole; filled by the grid's threads. */
public final class Transcripts implements EventSink {

    private final List<Transcript.Draft> drafts;

    public Transcripts(int choices) {
        this.drafts = Stream.generate(Transcript.Draft::new).limit(choices).toList();
    }

    @Override
    public synchronized boolean offer(RunEvent event) {
        if (event instanceof RunEvent.OfChoice ofChoice) {
            drafts.get(ofChoice.choice()).add(ofChoice);
        }
        return true;
    }

    /** The choices in order. To be asked once the run has ended. */
    public synchronized List<Transcript> complete() {
        return drafts.stream().map(Transcript.Draft::complete).toList();
    }
}
