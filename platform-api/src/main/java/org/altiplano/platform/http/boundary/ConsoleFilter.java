package org.altiplano.platform.http.boundary;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;

/**
 * Serves the console's pages: an address that a browser opens and that is neither an API's nor a file's is one of the
 * console's own, so it gets index.html. Sets the security headers of every answer.
 */
@WebFilter(filterName = "console", urlPatterns = "/*", asyncSupported = true)
public class ConsoleFilter extends HttpFilter {

    private static final List<String> APIS =
            List.of("/v1/", "/admin/v1/", "/auth/", "/health", "/metrics", "/openapi", "/internal/");
    private static final String PAGE = "/index.html";
    private static final String CONTENT_SECURITY_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; "
            + "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
            + "form-action 'self'; frame-ancestors 'none'";

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String path = request.getRequestURI().substring(request.getContextPath().length());
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
        if (APIS.stream().anyMatch(path::startsWith)) {
            chain.doFilter(request, response);
            return;
        }
        response.setHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
        if (path.startsWith("/assets/")) {
            // The build puts a digest of the content into these files' names.
            if (getServletContext().getResource(path) != null) {
                response.setHeader("Cache-Control", "public, max-age=31536000, immutable");
            }
            chain.doFilter(request, response);
            return;
        }
        response.setHeader("Cache-Control", "no-cache");
        if (isPage(request, path)) {
            request.getRequestDispatcher(PAGE).forward(request, response);
        } else {
            chain.doFilter(request, response);
        }
    }

    private boolean isPage(HttpServletRequest request, String path) throws IOException {
        String accept = request.getHeader("Accept");
        boolean navigation = request.getMethod().equals("GET") && accept != null && accept.contains("text/html");
        boolean file = !path.equals("/") && getServletContext().getResource(path) != null;
        return navigation && !file && getServletContext().getResource(PAGE) != null;
    }
}
