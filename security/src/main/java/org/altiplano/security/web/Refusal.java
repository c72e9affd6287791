package org.altiplano.security.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Why a request gets no further than to the question who is calling; told in the OpenAI API's shape and, under the
 * administration's addresses, as RFC 9457 has it with that shape as an extension member.
 *
 * @param title of the status
 * @param message plain text without quotation marks
 */
record Refusal(int status, String title, String message, String type, String code) {

    void tell(HttpServletRequest request, HttpServletResponse response) {
        boolean administration = request.getRequestURI().startsWith("/admin/v1");
        byte[] body = (administration ? problem() : openAi()).getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType(administration ? "application/problem+json" : "application/json");
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(body.length);
        try {
            response.getOutputStream().write(body);
            response.flushBuffer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String openAi() {
        return "{\"error\":" + error() + "}";
    }

    private String problem() {
        return "{\"type\":\"urn:altiplano:problem:" + code + "\",\"title\":\"" + title + "\",\"status\":" + status + ",\"detail\":\"" + message
                + "\",\"code\":\"" + code + "\",\"param\":null,\"error\":" + error() + "}";
    }

    private String error() {
        return "{\"message\":\"" + message + "\",\"type\":\"" + type + "\",\"param\":null,\"code\":\"" + code + "\"}";
    }
}
