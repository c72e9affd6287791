package org.altiplano.platform.http.control;

import jakarta.json.JsonObject;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParsingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;

/** Reads a request's body, as long as it may be: mostly {@link #LIMIT} bytes of UTF-8, one JSON object. */
public final class RequestBody {

    /** Bytes. A prompt of 128k tokens takes about half a megabyte. */
    public static final int LIMIT = 4 * 1024 * 1024;

    private static final Pattern NOT_A_NUMBER =
            Pattern.compile("\"((?:[^\"\\\\]|\\\\.){1,100})\"\\s*:\\s*(-?(?:NaN|Infinity))\\b");

    private RequestBody() {
    }

    /** @throws ProblemException 413 if the body is too large, however it is framed; 400 if it is not a JSON object */
    public static Fields read(InputStream body) {
        return parse(text(read(body, LIMIT)));
    }

    /** All of a body. @param limit in bytes. @throws ProblemException 413 if it is larger, however it is framed */
    public static byte[] read(InputStream body, int limit) {
        byte[] bytes;
        try {
            bytes = body.readNBytes(limit + 1);
        } catch (IOException e) {
            throw new ProblemException(Problem.of(400, "The request's body ended before it was complete."));
        }
        if (bytes.length > limit) {
            throw new ProblemException(Problem.of(413, "The request's body is larger than " + limit + " bytes."));
        }
        return bytes;
    }

    static Fields parse(String text) {
        try (JsonParser parser = Json.PARSERS.createParser(new StringReader(text))) {
            if (parser.next() != JsonParser.Event.START_OBJECT) {
                throw new ProblemException(Problem.of(400, "The request's body must be a JSON object."));
            }
            JsonObject object = parser.getObject();
            // Finds, and fails on, anything but white space after the object.
            parser.hasNext();
            return new Fields(object, "");
        } catch (JsonParsingException e) {
            throw new ProblemException(malformed(text, e));
        } catch (ProblemException e) {
            throw e;
        } catch (RuntimeException e) {
            // Nested too deeply, or ended too early: the parser has no one type for these.
            throw new ProblemException(Problem.of(400, "The request's body is not valid JSON, or is nested too deeply."));
        }
    }

    /** Python's json module writes NaN and Infinity, which JSON does not know; the parameter deserves to be named. */
    private static Problem malformed(String text, JsonParsingException error) {
        long offset = error.getLocation().getStreamOffset();
        Matcher number = NOT_A_NUMBER.matcher(text);
        while (number.find()) {
            if (offset < 0 || number.start() <= offset && offset <= number.end() + 1) {
                return Problem.parameter(number.group(1), "'" + number.group(1) + "' must be a finite number, but is "
                        + number.group(2) + ".");
            }
        }
        return Problem.of(400, "The request's body is not valid JSON: it goes wrong at line "
                + error.getLocation().getLineNumber() + ", column " + error.getLocation().getColumnNumber() + ".");
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new ProblemException(Problem.of(400, "The request's body is not valid UTF-8."));
        }
    }
}
