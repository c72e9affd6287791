package org.altiplano.platform.sessions.boundary;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalPathTest {

    @ParameterizedTest
    @ValueSource(strings = {"/", "/models", "/usage?tenant=acme&day=2026-11-26", "/a/b.c/~d"})
    void keepsThePagesOfTheConsole(String page) {
        assertEquals(page, LocalPath.of(page).text());
        assertEquals("altiplano.example.org", URI.create("https://altiplano.example.org").resolve(LocalPath.of(page).text()).getHost());
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "models", "//evil.example.org", "///evil.example.org", "/\\evil.example.org", "\\\\evil.example.org", "https://evil.example.org",
            "javascript:alert(1)", "/%2f%2fevil.example.org", "/a b", "/a\r\nSet-Cookie: x=y", "/\u2028", "/#x", "@evil.example.org", "/<script>"})
    void leadsNowhereElse(String page) {
        assertEquals("/", LocalPath.of(page).text());
    }
}
