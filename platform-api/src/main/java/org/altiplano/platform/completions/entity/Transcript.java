package org.altiplano.platform.completions.entity;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.altiplano.contract.Accepted;
import org.altiplano.contract.FinishReason;
import org.altiplano.contract.PromptEcho;
import org.altiplano.contract.Token;

/**
 * One complete choice.
 *
 * @param accepted the prompt as the model saw it
 * @param echo the prompt given back, if asked for
 * @param tokens the answer's tokens
 * @param text the answer's text
 * @param reason why it ended
 */
public record Transcript(Accepted accepted, Optional<PromptEcho> echo, List<Token> tokens, String text,
                         FinishReason reason) {

    public Transcript {
        tokens = List.copyOf(tokens);
    }

    /** Collects a choice's events; one thread at a time. */
    public static final class Draft {
        private Accepted accepted = new Accepted(new int[0]);
        private Optional<PromptEcho> echo = Optional.empty();
        private final List<Token> tokens = new ArrayList<>();
        private final StringBuilder text = new StringBuilder();
        private FinishReason reason = FinishReason.STOP;

        public void add(RunEvent.OfChoice event) {
            if (event instanceof RunEvent.Began began) {
                accepted = began.accepted();
            } else if (event instanceof RunEvent.Echoed echoed) {
                echo = Optional.of(echoed.prompt());
            } else if (event instanceof RunEvent.Said said) {
                tokens.addAll(said.chunk().tokens());
                text.append(said.chunk().text());
            } else if (event instanceof RunEvent.Ended ended) {
                reason = ended.finished().reason();
            }
        }

        public Transcript complete() {
            return new Transcript(accepted, echo, tokens, text.toString(), reason);
        }
    }
}
