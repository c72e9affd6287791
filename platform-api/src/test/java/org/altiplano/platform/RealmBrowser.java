package org.altiplano.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Owns the cookies of one browser that signs in through the realm, on the test's thread; it follows redirects one by one. */
final class RealmBrowser {

    private static final Pattern FORM = Pattern.compile("<form[^>]* action=\"([^\"]+)\"");

    /** By path and name. The JDK's keeper of cookies holds those back that are for secure connections, which to a browser loopback is. */
    private final Map<String, String> cookies = new TreeMap<>(Comparator.reverseOrder());
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    HttpResponse<String> get(URI address) {
        return send(HttpRequest.newBuilder(address));
    }

    HttpResponse<String> get(String path) {
        return get(Gateway.BASE.resolve(path));
    }

    HttpResponse<String> post(String path) {
        return send(HttpRequest.newBuilder(Gateway.BASE.resolve(path)).header("X-Requested-With", "altiplano")
                .POST(HttpRequest.BodyPublishers.noBody()));
    }

    /** Where the gateway sends this browser to sign in. */
    URI begin(String page) {
        return target(get("/auth/keycloak/start?to=" + URLEncoder.encode(page, StandardCharsets.UTF_8)));
    }

    /** Signs in on the realm's pages, which ask for the name first. @return where that sends the browser */
    URI atTheRealm(URI page, String username, String password) {
        HttpResponse<String> asked = get(page);
        assertEquals(200, asked.statusCode(), "the realm asks who it is: " + asked.headers().map());
        return target(submit(submit(asked, "username=" + encoded(username)), "password=" + encoded(password)));
    }

    /** Fills in the form of one of the realm's pages. */
    HttpResponse<String> submit(HttpResponse<String> page, String fields) {
        Matcher form = FORM.matcher(page.body());
        assertTrue(form.find(), page.body());
        return send(HttpRequest.newBuilder(URI.create(form.group(1).replace("&amp;", "&"))).header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(fields)));
    }

    /** Signs in from the console's page to the console's page. @return where the gateway sends the browser in the end */
    URI signIn(String username, String password, String page) {
        return target(get(atTheRealm(begin(page), username, password)));
    }

    Optional<String> cookie(String name) {
        return cookies.entrySet().stream().filter(cookie -> cookie.getKey().endsWith(" " + name)).map(Map.Entry::getValue).findFirst();
    }

    void plant(String path, String name, String value) {
        cookies.put(path + " " + name, value);
    }

    static URI target(HttpResponse<String> redirect) {
        assertTrue(redirect.statusCode() == 302 || redirect.statusCode() == 303, redirect.statusCode() + ": " + redirect.body());
        return URI.create(redirect.headers().firstValue("Location").orElseThrow());
    }

    private void keep(String header) {
        String[] parts = header.split("; *");
        String name = parts[0].substring(0, parts[0].indexOf('='));
        String value = parts[0].substring(parts[0].indexOf('=') + 1);
        String path = Stream.of(parts).filter(part -> part.toLowerCase(Locale.ROOT).startsWith("path=")).map(part -> part.substring(5)).findFirst().orElse("/");
        boolean over = Stream.of(parts).anyMatch(part -> part.equalsIgnoreCase("Max-Age=0")) || value.isEmpty();
        if (over) {
            cookies.remove(path + " " + name);
        } else {
            plant(path, name, value);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        String path = request.build().uri().getPath();
        String sent = cookies.entrySet().stream().filter(cookie -> path.startsWith(cookie.getKey().substring(0, cookie.getKey().indexOf(' '))))
                .map(cookie -> cookie.getKey().substring(cookie.getKey().indexOf(' ') + 1) + "=" + cookie.getValue()).collect(Collectors.joining("; "));
        if (!sent.isEmpty()) {
            request.header("Cookie", sent);
        }
        try {
            HttpResponse<String> response = http.send(request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
            response.headers().allValues("Set-Cookie").forEach(this::keep);
            return response;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
