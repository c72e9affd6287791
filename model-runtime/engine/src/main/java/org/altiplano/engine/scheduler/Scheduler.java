package org.altiplano.engine.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.altiplano.contract.Priority;
import org.altiplano.engine.kvcache.BlockTable;
import org.altiplano.engine.kvcache.KvMemory;
import org.altiplano.engine.kvcache.KvPool;

/**
 * Owns the sequences of one model and decides step by step which run, on the engine's thread. Iteration-level batching
 * (Orca, OSDI 2022): a sequence joins or leaves the batch between any two steps. Prompts are computed in chunks beside
 * the decoding sequences (Sarathi-Serve, arXiv 2403.02310), so that a long prompt does not stall running answers. Memory
 * is given for what a sequence holds, not for what it may become; when it runs out, a sequence gives its own up
 * ({@link GivingWay}) and is computed again later, as far as it is not cached (vLLM, arXiv 2309.06180, section 4.5).
 *
 * <p>One round: {@link #schedule}, run the step, {@link #complete} it or not, {@link #append} what was drawn, {@link #release}
 * what ended.
 */
public final class Scheduler {

    private final Limits limits;
    private final KvMemory memory;
    private final WaitingLine waiting = new WaitingLine();
    private final GivingWay givingWay = new GivingWay(waiting::served);
    private final PromptSharing prompts;
    /** In {@link Sequence#ORDER}. */
    private final List<Sequence> running = new ArrayList<>();
    private long arrivals;
    private long preemptions;
    private long queriedTokens;
    private long hitTokens;

    public Scheduler(Limits limits, KvMemory memory) {
        this.limits = limits;
        this.memory = memory;
        this.prompts = new PromptSharing(waiting.fairOrder(), memory);
    }

    /** Queues a sequence. Its prompt and whole answer, less the last token, must fit {@link KvMemory#capacity()}. */
    public void submit(Sequence sequence) {
        sequence.arrive(arrivals++);
        waiting.of(sequence).add(sequence);
    }

    /**
     * Chooses the next step: a token for each decoding sequence, the rest of the budget for prompts.
     *
     * @param prefillTokens most prompt tokens in the step
     * @return the step; empty only if nothing waits or runs, or if a sequence has just been preempted
     */
    public Step schedule(int prefillTokens) {
        long preemptedBefore = preemptions;
        makeRoomToDecode();
        if (preemptions == preemptedBefore) {
            admit(prefillTokens);
        }
        for (Sequence sequence : running) {
            hitTokens += sequence.skipTo(memory.catchUp(sequence.table().orElseThrow(), sequence.demand(), sequence.computed()));
        }
        List<Step.Chunk> chunks = new ArrayList<>();
        running.stream().filter(sequence -> sequence.pending() == 1)
                .forEach(sequence -> chunks.add(new Step.Chunk(sequence, sequence.computed(), 1)));
        chunks.addAll(prompts.share(running, Math.min(prefillTokens, limits.maxStepTokens() - chunks.size())));
        return new Step(chunks);
    }

    /** Notes that the step's tokens are in the KV memory. A step that came to nothing is simply not completed. */
    public void complete(Step step) {
        for (Step.Chunk chunk : step.chunks()) {
            Sequence sequence = chunk.sequence();
            waiting.of(sequence).chargePrompt(sequence, sequence.advance(chunk.count()));
            memory.keep(sequence.table().orElseThrow(), sequence.demand(), sequence.computed());
        }
    }

    /** Adds the token drawn after a sequence's last one. */
    public void append(Sequence sequence, int token) {
        waiting.of(sequence).chargeAnswer(sequence);
        sequence.append(token);
    }

    /** Ends a sequence, wherever it stands, and frees its memory; what it computed stays cached. */
    public void release(Sequence sequence) {
        sequence.table().ifPresent(memory::close);
        end(sequence);
    }

    /** Ends a sequence whose computation went wrong: nothing of it stays cached, unless others use it now. */
    public void discard(Sequence sequence) {
        sequence.table().ifPresent(memory::discard);
        end(sequence);
    }

    /** Pins what is cached of a public prefix; returns the tokens pinned. */
    public int pin(int[] prefix) {
        return memory.pin(prefix);
    }

    /** Ends a pin. */
    public void unpin(int[] prefix) {
        memory.unpin(prefix);
    }

    /** Whether nothing waits or runs. */
    public boolean idle() {
        return running.isEmpty() && waiting.size() == 0;
    }

    public int running() {
        return running.size();
    }

    public int waiting() {
        return waiting.size();
    }

    /** How many sequences have an answer under way, which a step with prompts in it holds up. */
    public int decoding() {
        return (int) running.stream().filter(sequence -> sequence.pending() == 1).count();
    }

    /** How many prompts wait or are under way; beside interactive answers, interactive ones. */
    public int prompts() {
        Priority least = running.stream().filter(sequence -> sequence.pending() == 1).map(sequence -> sequence.share().priority())
                .min(Comparator.naturalOrder()).orElse(Priority.BATCH);
        return waiting.size(least) + (int) running.stream().filter(sequence -> sequence.pending() > 1)
                .filter(sequence -> sequence.share().priority().compareTo(least) <= 0).count();
    }

    /** Tokens that the prompt under way which is farthest has computed; each of the next attends to all of them. */
    public int prefillDepth() {
        return running.stream().filter(sequence -> sequence.pending() > 1).mapToInt(Sequence::computed).max().orElse(0);
    }

    /** How often a sequence gave up its memory. */
    public long preemptions() {
        return preemptions;
    }

    /** Tokens of prompts that were looked up in the prefix cache. */
    public long queriedTokens() {
        return queriedTokens;
    }

    /** Tokens of prompts that were found there. */
    public long hitTokens() {
        return hitTokens;
    }

    private void makeRoomToDecode() {
        for (Sequence sequence : List.copyOf(running)) {
            while (sequence.state() == Sequence.State.RUNNING && !memory.grow(sequence.table().orElseThrow(),
                    sequence.computed() + 1, running.size() == 1)) {
                preempt(givingWay.forGrowth(running, sequence));
            }
        }
    }

    /** Admits whose turn it is, while that one's prompt would get any of the budget. */
    private void admit(int prefillTokens) {
        Optional<Sequence> next = waiting.next();
        while (next.isPresent() && prompts.leaves(running, next.get(), prefillTokens) && admit(next.get())) {
            next = waiting.next();
        }
    }

    private boolean admit(Sequence sequence) {
        int places = Math.max(0, running.size() + 1 - limits.maxRunning());
        int blocks = Math.max(0, memory.lacking(sequence.demand(), spare()));
        boolean alone = running.isEmpty();
        if (places > 0 || blocks > 0 && !alone) {
            List<Sequence> leaving = givingWay.forNewcomer(running, sequence, places, blocks,
                    other -> memory.held(other.table().orElseThrow()));
            if (leaving.isEmpty()) {
                return false;
            }
            leaving.forEach(this::preempt);
        }
        Optional<BlockTable> table = memory.open(sequence.demand(), spare(), running.isEmpty());
        table.ifPresent(blockTable -> start(sequence, blockTable));
        return table.isPresent();
    }

    /** A block for each that runs, so that none must give way to the newcomer within the next 32 steps or so. */
    private int spare() {
        return running.size();
    }

    private void start(Sequence sequence, BlockTable table) {
        waiting.of(sequence).admit(sequence);
        if (sequence.admit(table)) {
            queriedTokens += sequence.readsCache() ? sequence.promptLength() : 0;
        }
        hitTokens += sequence.skipTo(table.shared() * KvPool.BLOCK);
        int place = running.size();
        while (place > 0 && Sequence.ORDER.compare(running.get(place - 1), sequence) > 0) {
            place--;
        }
        running.add(place, sequence);
    }

    private void preempt(Sequence sequence) {
        running.remove(sequence);
        memory.close(sequence.table().orElseThrow());
        sequence.preempt();
        waiting.of(sequence).putBack(sequence);
        preemptions++;
    }

    private void end(Sequence sequence) {
        switch (sequence.state()) {
            case WAITING -> waiting.of(sequence).withdraw(sequence);
            case RUNNING -> {
                running.remove(sequence);
                waiting.of(sequence).leave(sequence);
            }
            case ENDED -> throw new IllegalStateException("The sequence has ended already.");
        }
        sequence.end();
    }
}
