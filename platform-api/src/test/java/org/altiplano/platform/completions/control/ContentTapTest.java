package org.altiplano.platform.completions.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.altiplano.contract.Message;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.TokenChunk;
import org.altiplano.platform.completions.entity.RunEvent;
import org.altiplano.platform.contentlog.entity.ContentRecord;
import org.altiplano.security.access.Role;
import org.altiplano.security.identity.Caller;
import org.junit.jupiter.api.Test;

class ContentTapTest {

    private static final Settlement.Request REQUEST = new Settlement.Request("r-1", "chat",
            Caller.unlimited("acme", "ada", Caller.Origin.TOKEN, Set.of(Role.DEVELOPER)), "m", Instant.EPOCH);

    private final List<RunEvent> heard = new ArrayList<>();
    private final List<ContentRecord> kept = new ArrayList<>();
    private boolean room = true;

    @Test
    void keepsWhatWasAskedAndWhatEachChoiceSaid() {
        ContentTap tap = tap(new Prompt.Chat(List.of(new Message(Message.Role.SYSTEM, "be \"brief\""), new Message(Message.Role.USER, "hi"))), 2);
        tap.offer(said(0, "a"));
        tap.offer(said(1, "b"));
        assertTrue(tap.offer(said(0, "c")));
        assertEquals(List.of(), kept);
        tap.offer(new RunEvent.Over());
        assertEquals("{\"prompts\":[[{\"role\":\"system\",\"content\":\"be \\\"brief\\\"\"},{\"role\":\"user\",\"content\":\"hi\"}]],"
                + "\"answers\":[\"ac\",\"b\"]}", kept.get(0).content());
        assertEquals("r-1 acme ada m", kept.get(0).request() + " " + kept.get(0).tenant() + " " + kept.get(0).owner() + " " + kept.get(0).model());
        assertEquals(4, heard.size(), "the reader hears all of it");
    }

    @Test
    void keepsTextAndTokensAsTheyWereSentAndSaysNothingOfThemselves() {
        tap(new Prompt.Text("once", true), 1).offer(new RunEvent.Over());
        tap(new Prompt.Tokens(new int[] {1, 2}), 1).offer(new RunEvent.Over());
        assertEquals("{\"prompts\":[\"once\"],\"answers\":[\"\"]}", kept.get(0).content());
        assertEquals("{\"prompts\":[[1,2]],\"answers\":[\"\"]}", kept.get(1).content());
        assertFalse(kept.get(0).toString().contains("once"));
    }

    @Test
    void tellsWhetherTheReaderHasRoom() {
        ContentTap tap = tap(new Prompt.Text("once", true), 1);
        room = false;
        assertFalse(tap.offer(said(0, "a")));
    }

    private ContentTap tap(Prompt prompt, int choices) {
        return new ContentTap(event -> room && heard.add(event), REQUEST, List.of(prompt), choices, kept::add);
    }

    private static RunEvent said(int choice, String text) {
        return new RunEvent.Said(choice, new TokenChunk(List.of(), text));
    }
}
