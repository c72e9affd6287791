package org.altiplano.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Remembers every event and checks the listener's contract: right order, exactly one terminal event. A breach is told to
 * whoever asks for the events, since the thread that brings them may swallow what is thrown. A test that wants a listener
 * to misbehave overrides a method.
 */
public class RecordingListener implements GenerationListener {

    private final List<Object> events = new ArrayList<>();
    private final CountDownLatch terminal = new CountDownLatch(1);
    private Optional<String> breach = Optional.empty();

    @Override
    public void onAccepted(Accepted accepted) {
        add(accepted);
    }

    @Override
    public void onPrompt(PromptEcho prompt) {
        add(prompt);
    }

    @Override
    public void onTokens(TokenChunk chunk) {
        add(chunk);
    }

    @Override
    public void onFinished(Finished finished) {
        add(finished);
        terminal.countDown();
    }

    @Override
    public void onFailed(Failure failure) {
        add(failure);
        terminal.countDown();
    }

    /** Waits for the terminal event, a {@link Finished} or a {@link Failure}, and returns it. */
    public Object awaitTerminal() {
        try {
            if (!terminal.await(60, TimeUnit.SECONDS)) {
                throw new AssertionError("no terminal event within 60 s; heard " + events());
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        List<Object> heard = events();
        return heard.get(heard.size() - 1);
    }

    public synchronized List<Object> events() {
        breach.ifPresent(what -> {
            throw new AssertionError(what);
        });
        return List.copyOf(events);
    }

    /** The released text so far. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Object event : events()) {
            if (event instanceof TokenChunk chunk) {
                text.append(chunk.text());
            }
        }
        return text.toString();
    }

    /** Ids of the generated tokens reported so far. */
    public List<Integer> tokenIds() {
        return events().stream().filter(TokenChunk.class::isInstance)
                .flatMap(event -> ((TokenChunk) event).tokens().stream()).map(Token::id).toList();
    }

    private synchronized void add(Object event) {
        if (!events.isEmpty() && !follows(events.get(events.size() - 1), event)) {
            breach = Optional.of("after " + events.get(events.size() - 1) + " came " + event);
        }
        events.add(event);
    }

    private static boolean follows(Object before, Object event) {
        return place(before) < place(event) || before instanceof TokenChunk && event instanceof TokenChunk;
    }

    private static int place(Object event) {
        return event instanceof Accepted ? 0 : event instanceof PromptEcho ? 1 : event instanceof TokenChunk ? 2 : 3;
    }
}
