package org.altiplano.platform.completions.control;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.altiplano.contract.Message;
import org.altiplano.contract.Prompt;
import org.altiplano.platform.completions.entity.RunEvent;
import org.altiplano.platform.contentlog.entity.ContentRecord;
import org.altiplano.platform.http.control.Json;

/**
 * Owns what one request's choices have said so far, for the content log of a tenant that wishes to have one; on the grid's threads,
 * between them and the reader, who notices nothing of it. What a reader got to see is written down, however the request ended.
 */
final class ContentTap implements EventSink {

    private final EventSink reader;
    private final Settlement.Request request;
    private final List<Prompt> prompts;
    private final List<StringBuilder> answers;
    private final Consumer<ContentRecord> log;

    ContentTap(EventSink reader, Settlement.Request request, List<Prompt> prompts, int choices, Consumer<ContentRecord> log) {
        this.reader = reader;
        this.request = request;
        this.prompts = prompts;
        this.answers = Stream.generate(StringBuilder::new).limit(choices).toList();
        this.log = log;
    }

    @Override
    public boolean offer(RunEvent event) {
        if (event instanceof RunEvent.Said said) {
            synchronized (this) {
                answers.get(said.choice()).append(said.chunk().text());
            }
        } else if (event instanceof RunEvent.Over) {
            log.accept(record());
        }
        return reader.offer(event);
    }

    private synchronized ContentRecord record() {
        JsonArrayBuilder asked = Json.array();
        prompts.forEach(prompt -> asked.add(describe(prompt)));
        JsonArrayBuilder said = Json.array();
        answers.forEach(answer -> said.add(answer.toString()));
        return new ContentRecord(request.id(), request.caller().tenant(), request.caller().owner(), request.caller().key().orElse(""), request.model(),
                request.submitted(), Json.object().add("prompts", asked).add("answers", said).build().toString());
    }

    private static JsonValue describe(Prompt prompt) {
        if (prompt instanceof Prompt.Chat chat) {
            return Json.array(chat.messages(), (Message message) -> Json.object().add("role", message.role().name().toLowerCase(Locale.ROOT))
                    .add("content", message.content()).build()).build();
        }
        if (prompt instanceof Prompt.Text text) {
            return Json.string(text.text());
        }
        JsonArrayBuilder ids = Json.array();
        Arrays.stream(prompt instanceof Prompt.Tokens tokens ? tokens.ids() : ((Prompt.Begun) prompt).ids()).forEach(ids::add);
        return ids.build();
    }
}
