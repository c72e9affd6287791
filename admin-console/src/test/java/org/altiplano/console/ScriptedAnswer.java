package org.altiplano.console;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How the scripted gateway answers a chat.
 *
 * @param status 200, or the status of a refusal
 * @param message sentence of a refusal
 * @param pauseMillis pause after each part
 * @param heldAt index of the part before which the answer waits to be let go on; -1 for none
 * @param parts what is written to the event stream
 */
record ScriptedAnswer(int status, String message, long pauseMillis, int heldAt, List<String> parts) {

    /** Streams words, one token each, in the chunks of the OpenAI API, with the usage at the end. */
    static ScriptedAnswer words(long pauseMillis, String... words) {
        List<String> parts = opening(words);
        parts.add(chunk("[{\"index\":0,\"delta\":{},\"token_ids\":[],\"finish_reason\":\"stop\"}]", "null"));
        parts.add(chunk("[]", "{\"prompt_tokens\":31,\"completion_tokens\":%d,\"total_tokens\":%d}".formatted(words.length, 31 + words.length)));
        parts.add("data: [DONE]\n\n");
        return new ScriptedAnswer(200, "", pauseMillis, -1, parts);
    }

    /** The same, but it waits after some words until it is let go on. */
    ScriptedAnswer heldAfter(int words) {
        int comment = 1;
        int role = 1;
        return new ScriptedAnswer(status, message, pauseMillis, comment + role + words, parts);
    }

    /** Never ends by itself. */
    static ScriptedAnswer endless(long pauseMillis) {
        return words(pauseMillis, IntStream.range(0, 10_000).mapToObj(i -> "word" + i + " ").toArray(String[]::new));
    }

    static ScriptedAnswer refusal(int status, String message) {
        return new ScriptedAnswer(status, message, 0, -1, List.of());
    }

    /** Begins, then ends with an error event. */
    static ScriptedAnswer breakdown(String message, String... words) {
        List<String> parts = opening(words);
        parts.add("data: {\"error\":{\"message\":\"" + message + "\",\"type\":\"server_error\",\"param\":null,\"code\":\"worker_lost\"}}\n\n");
        return new ScriptedAnswer(200, "", 0, -1, parts);
    }

    /** Begins, then the connection closes. */
    static ScriptedAnswer cutOff(String... words) {
        return new ScriptedAnswer(200, "", 0, -1, opening(words));
    }

    private static List<String> opening(String... words) {
        List<String> parts = new ArrayList<>();
        // While a request waits in the queue, the gateway writes comments.
        parts.add(": waiting\n\n");
        parts.add(chunk("[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]", "null"));
        for (String word : words) {
            parts.add(chunk("[{\"index\":0,\"delta\":{\"content\":\"" + word + "\"},\"token_ids\":[7],\"finish_reason\":null}]", "null"));
        }
        return parts;
    }

    private static String chunk(String choices, String usage) {
        return "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":"
                + choices + ",\"usage\":" + usage + "}\n\n";
    }

    ScriptedAnswer {
        parts = Collections.unmodifiableList(parts);
    }
}
