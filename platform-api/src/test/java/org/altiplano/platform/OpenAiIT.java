package org.altiplano.platform;

import static org.altiplano.platform.Gateway.get;
import static org.altiplano.platform.Gateway.json;
import static org.altiplano.platform.Gateway.plain;
import static org.altiplano.platform.Gateway.post;
import static org.altiplano.platform.Gateway.send;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The inference API of the real application, on a real Open Liberty with a real worker of the grid behind it. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenAiIT {

    private static final String HELLO = "Hello, wörld!";

    private Gateway gateway;

    @Deployment(testable = false)
    static WebArchive war() {
        return Gateway.war("gateway.war");
    }

    @Test
    void smoke() {
        gateway = new Gateway("worker-1");
        for (String path : List.of("/v1/models", "/health/ready", "/metrics", "/openapi", "/", "/v1/nothing", "/admin/v1/workers")) {
            HttpResponse<String> r = send(get(path));
            System.err.println(path + " -> " + r.statusCode() + " " + r.headers().map() + "\n" + r.body().substring(0, Math.min(1500, r.body().length())));
        }
        HttpResponse<String> r = send(post("/v1/chat/completions", "{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"));
        System.err.println(r.statusCode() + " " + r.headers().map() + " " + r.body());
        r = send(post("/v1/chat/completions", "{\"model\":\"fast\",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"));
        System.err.println(r.statusCode() + " " + r.headers().map() + " " + r.body());
        r = send(plain("/v1/models"));
        System.err.println(r.statusCode() + " " + r.headers().map() + " " + r.body());
    }
}
