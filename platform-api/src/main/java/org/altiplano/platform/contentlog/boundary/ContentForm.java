package org.altiplano.platform.contentlog.boundary;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import org.altiplano.platform.contentlog.entity.ContentRecord;
import org.altiplano.platform.http.control.Json;

/** What was written down of prompts and answers as JSON. Owns nothing; any thread. */
final class ContentForm {

    private static final int EXCERPT = 200;

    private ContentForm() {
    }

    /** All of it. */
    static JsonObject whole(ContentRecord one) {
        JsonObject content = Json.parse(one.content()).asJsonObject();
        return head(one).add("prompts", content.getJsonArray("prompts")).add("answers", content.getJsonArray("answers")).build();
    }

    /** As a list has it: enough to tell which ones to open. */
    static JsonObject entry(ContentRecord one) {
        return head(one).add("excerpt", excerpt(Json.parse(one.content()).asJsonObject().getJsonArray("prompts"))).build();
    }

    private static JsonObjectBuilder head(ContentRecord one) {
        return Json.object().add("id", one.request()).add("at", one.at().toString()).add("owner", one.owner()).add("key", one.key()).add("model", one.model());
    }

    /** How the last that was said to the model begins; empty where that was tokens. */
    private static String excerpt(JsonArray prompts) {
        JsonValue last = prompts.isEmpty() ? JsonValue.NULL : prompts.get(0);
        if (last instanceof JsonArray messages && !messages.isEmpty()) {
            last = messages.get(messages.size() - 1);
        }
        if (last instanceof JsonObject message) {
            last = message.getOrDefault("content", JsonValue.NULL);
        }
        String text = last instanceof JsonString string ? string.getString() : "";
        // Not between the two halves of a character.
        return text.length() <= EXCERPT ? text : text.substring(0, text.offsetByCodePoints(0, text.codePointCount(0, EXCERPT - 1))) + "…";
    }
}
