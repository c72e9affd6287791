package org.altiplano.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.altiplano.contract.EngineStatus;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;
import org.altiplano.contract.PinnedPrefix;
import org.altiplano.engine.kvcache.KvPool;

/**
 * Owns which prefixes of one model are pinned; any thread. Life of a pin: computed as a generation in its turn, then pinned in
 * full blocks, or refused with a reason; computed anew when a lone generation had to take its memory; unpinned when it is no
 * longer wanted. One for which there was no room in the queue is forgotten, so that whoever looks after the pins sends it again.
 */
final class Pins {

    /** What pins need of the engine. */
    interface Engine {

        /** Computes a prefix for all; fails with {@link FailureException}. */
        CompletionStage<?> warm(int[] prefix);

        /** Pins what is cached of it; completes with the tokens pinned. */
        CompletionStage<Integer> pin(int[] prefix);

        void unpin(int[] prefix);
    }

    private static final class Pin {
        private int[] tokens = {};
        private int pinned;
        private String detail = "";
    }

    private final ModelText text;
    private final int maxModelLen;
    private final Engine engine;
    /** By the prefix's id. Guarded by this. */
    private final Map<String, Pin> pins = new LinkedHashMap<>();

    Pins(ModelText text, int maxModelLen, Engine engine) {
        this.text = text;
        this.maxModelLen = maxModelLen;
        this.engine = engine;
    }

    /** These are to be pinned and no others. */
    synchronized void set(List<PinnedPrefix> prefixes) {
        Set<String> wanted = prefixes.stream().map(PinnedPrefix::id).collect(Collectors.toSet());
        List.copyOf(pins.keySet()).stream().filter(id -> !wanted.contains(id)).forEach(this::drop);
        prefixes.stream().filter(prefix -> !pins.containsKey(prefix.id())).forEach(this::add);
    }

    /** Computes again what memory was taken from. */
    synchronized void renew() {
        Map.copyOf(pins).forEach((id, pin) -> {
            if (pin.pinned > 0) {
                pin.pinned = 0;
                pin.detail = "";
                warm(id, pin);
            }
        });
    }

    synchronized List<EngineStatus.Pin> status() {
        List<EngineStatus.Pin> told = new ArrayList<>();
        pins.forEach((id, pin) -> told.add(new EngineStatus.Pin(id, pin.tokens.length, pin.pinned, pin.detail)));
        return told;
    }

    private void add(PinnedPrefix prefix) {
        Pin pin = new Pin();
        pins.put(prefix.id(), pin);
        try {
            int[] all = text.chatBeginning(prefix.system());
            pin.tokens = Arrays.copyOf(all, all.length / KvPool.BLOCK * KvPool.BLOCK);
            if (pin.tokens.length == 0) {
                pin.detail = "It has " + all.length + " tokens; only " + KvPool.BLOCK + " and more can be pinned.";
            } else if (pin.tokens.length >= maxModelLen) {
                pin.detail = "It has " + all.length + " tokens; the model's context has " + maxModelLen + ".";
            } else {
                warm(prefix.id(), pin);
            }
        } catch (FailureException e) {
            pin.detail = e.failure().message();
        }
    }

    private void drop(String id) {
        Pin gone = pins.remove(id);
        // Two prompts may begin with the same full blocks.
        if (pins.values().stream().noneMatch(other -> Arrays.equals(other.tokens, gone.tokens))) {
            engine.unpin(gone.tokens);
        }
    }

    private void warm(String id, Pin pin) {
        engine.warm(pin.tokens).whenComplete((computed, error) -> {
            if (error == null) {
                pin(id, pin);
            } else {
                refuse(id, pin, error);
            }
        });
    }

    private synchronized void pin(String id, Pin pin) {
        if (pins.get(id) == pin) {
            engine.pin(pin.tokens).thenAccept(pinned -> pinned(pin, pinned));
        }
    }

    private synchronized void pinned(Pin pin, int tokens) {
        pin.pinned = tokens;
        pin.detail = tokens < pin.tokens.length ? "There is room for no more: at most half the KV memory is pinned." : "";
    }

    private synchronized void refuse(String id, Pin pin, Throwable error) {
        boolean later = error instanceof FailureException known && known.failure().code().kind() == Failure.Kind.CAPACITY;
        if (later) {
            pins.remove(id, pin);
        } else {
            pin.detail = "It could not be computed: " + error.getMessage();
        }
    }
}
