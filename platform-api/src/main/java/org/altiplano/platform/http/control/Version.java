package org.altiplano.platform.http.control;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;

/** The version of a resource as HTTP tells it: the entity tag (RFC 9110, section 8.8.3) that a change must name. */
public final class Version {

    private static final Pattern TAG = Pattern.compile("\"([0-9]{1,18})\"");

    private Version() {
    }

    public static String tag(long version) {
        return "\"" + version + "\"";
    }

    /** @param ifMatch the header, null where there is none. @throws ProblemException 428 if it is missing, 412 if it is no tag of ours */
    public static long of(String ifMatch) {
        if (ifMatch == null) {
            throw problem(428, "A change must carry the header If-Match with the ETag of what it changes.", "if_match_required");
        }
        Matcher matcher = TAG.matcher(ifMatch.strip());
        if (!matcher.matches()) {
            throw stale();
        }
        return Long.parseLong(matcher.group(1));
    }

    /** Somebody else has changed it in between. */
    public static ProblemException stale() {
        return problem(412, "It has been changed since it was read: read it again, and then change it.", "stale_etag");
    }

    private static ProblemException problem(int status, String message, String code) {
        return new ProblemException(new Problem(status, "invalid_request_error", message, Optional.empty(), Optional.of(code), Optional.empty()));
    }
}
