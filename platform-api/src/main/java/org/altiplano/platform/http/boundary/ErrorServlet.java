package org.altiplano.platform.http.boundary;

import jakarta.json.JsonObject;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.altiplano.platform.http.entity.Problem;

/** Tells the container's own errors (forbidden, not found outside the resources) in the OpenAI API's shape, the administration's as RFC 9457. */
@WebServlet(name = "error", urlPatterns = "/internal/error")
public class ErrorServlet extends HttpServlet {

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        int code = status instanceof Integer number ? number : HttpServletResponse.SC_NOT_FOUND;
        JsonObject openAi = ProblemResponse.body(Problem.of(code, ProblemMapper.sentence(code)));
        boolean administration = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String uri && uri.startsWith("/admin/v1");
        byte[] body = (administration ? ProblemDetails.of(code, openAi) : openAi).toString().getBytes(StandardCharsets.UTF_8);
        response.setStatus(code);
        // Liberty marks error pages for its own proxy.
        response.setHeader("$WSEP", null);
        response.setContentType(administration ? ProblemDetails.TYPE : "application/json");
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
