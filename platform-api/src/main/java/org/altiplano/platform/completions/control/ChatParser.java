package org.altiplano.platform.completions.control;

import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.altiplano.contract.Message;
import org.altiplano.contract.Prompt;
import org.altiplano.platform.completions.entity.ChatCommand;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Range;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;

/** Reads a request of {@code POST /v1/chat/completions}. */
public final class ChatParser {

    private static final Range TOKENS = new Range(1, Integer.MAX_VALUE, "of at least 1");
    private static final Range ALTERNATIVES = Range.of(0, 20);

    private ChatParser() {
    }

    /** @throws ProblemException that names the parameter at fault */
    public static ChatCommand parse(Fields fields) {
        Optional<Integer> newName = fields.integer("max_completion_tokens", TOKENS);
        Optional<Integer> oldName = fields.integer("max_tokens", TOKENS);
        OptionalInt maxTokens = newName.or(() -> oldName).map(OptionalInt::of).orElse(OptionalInt.empty());
        return new ChatCommand(OptionsParser.parse(fields, maxTokens), new Prompt.Chat(messages(fields)), logprobs(fields));
    }

    /** The conversation in the member {@code messages}, which must be there and not empty. */
    static List<Message> messages(Fields fields) {
        List<Fields> entries = fields.objects("messages");
        if (entries.isEmpty()) {
            throw Fields.problem("messages", "'messages' must hold at least one message.");
        }
        List<Message> messages = new ArrayList<>(entries.size());
        for (Fields entry : entries) {
            messages.add(message(entry));
        }
        return messages;
    }

    private static Message message(Fields fields) {
        Message.Role role = switch (fields.text("role")) {
            case "system", "developer" -> Message.Role.SYSTEM;
            case "user" -> Message.Role.USER;
            case "assistant" -> Message.Role.ASSISTANT;
            default -> throw Fields.problem(fields.path("role"), "'" + fields.path("role")
                    + "' must be system, developer, user or assistant: the models here know no other roles.");
        };
        if (!fields.array("tool_calls").isEmpty() || fields.has("function_call")) {
            throw unsupported(fields.path("tool_calls"), "'" + fields.path("tool_calls")
                    + "' is not supported: the models here do not call tools.");
        }
        return new Message(role, content(fields));
    }

    private static String content(Fields message) {
        Optional<JsonValue> content = message.value("content");
        if (content.isEmpty() || content.get() instanceof JsonString) {
            return message.text("content");
        }
        StringBuilder text = new StringBuilder();
        for (Fields part : message.objects("content")) {
            String type = part.text("type");
            if (!type.equals("text")) {
                throw unsupported(part.path("type"), "'" + part.path("type") + "' must be text: the models here read text only.");
            }
            text.append(part.text("text"));
        }
        return text.toString();
    }

    private static OptionalInt logprobs(Fields fields) {
        boolean wanted = fields.flag("logprobs", false);
        Optional<Integer> alternatives = fields.integer("top_logprobs", ALTERNATIVES);
        if (!wanted && alternatives.isPresent() && alternatives.get() > 0) {
            throw Fields.problem("top_logprobs", "'top_logprobs' is only allowed when 'logprobs' is true.");
        }
        return wanted ? OptionalInt.of(alternatives.orElse(0)) : OptionalInt.empty();
    }

    private static ProblemException unsupported(String param, String message) {
        return new ProblemException(Problem.unsupported(param, message));
    }
}
