package org.altiplano.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The built console in a real Chromium, in front of a gateway that follows a script. */
class ConsoleIT {
    private static final String SMOL = "smollm2-135m-instruct";

    @RegisterExtension
    final ScriptedConsole console = new ScriptedConsole();
    private final ScriptedGateway gateway = console.gateway();

    @Test
    void aWrongPasswordIsSaidAndTheRightOneOpensThePageAskedFor() {
        try (ConsoleBrowser.Visit visit = console.visit("/models?x=1")) {
            visit.signIn().signInAs(ScriptedGateway.USER, "wrong");
            assertThat(visit.signIn().message("The user name or the password is not right.")).isVisible();
            assertThat(visit.signIn().password()).hasValue("");
            assertThat(visit.signIn().password()).isFocused();
            visit.signIn().signInAs(ScriptedGateway.USER, ScriptedGateway.PASSWORD);
            assertThat(visit.models().heading()).isVisible();
            assertThat(visit.page()).hasURL(gateway.url() + "/models?x=1");
            visit.page().reload();
            assertThat(visit.models().heading()).isVisible();
        }
    }

    @Test
    void whereUsersAreKeptInKeycloakTheyGoThereAndAreBroughtBackToThePageAskedFor() {
        gateway.provider = "keycloak";
        try (ConsoleBrowser.Visit visit = console.visit("/models?x=1")) {
            assertThat(visit.signIn().throughKeycloak()).hasAttribute("href", "/auth/keycloak/start?to=%2Fmodels%3Fx%3D1");
            assertThat(visit.signIn().password()).hasCount(0);
            visit.assertAccessible();
            visit.signIn().asPlatformAdministrator();
            visit.signIn().signInAs(ScriptedGateway.USER, ScriptedGateway.PASSWORD);
            assertThat(visit.models().heading()).isVisible();
        }
    }

    @Test
    void aSignInThatFailedAtKeycloakIsExplainedOnce() {
        gateway.provider = "keycloak";
        try (ConsoleBrowser.Visit visit = console.visit("/?sign-in=unavailable")) {
            assertThat(visit.signIn().message("Keycloak does not answer")).isVisible();
            assertThat(visit.page()).hasURL(gateway.url() + "/");
            visit.assertAccessible();
            visit.open("/?sign-in=%3Cb%3Ehello%3C%2Fb%3E");
            assertThat(visit.signIn().throughKeycloak()).isVisible();
            assertThat(visit.signIn().message("hello")).hasCount(0);
        }
    }

    @Test
    void signingOutSaysWhenKeycloakCouldNotBeTold() {
        gateway.provider = "keycloak";
        gateway.remaining = true;
        try (ConsoleBrowser.Visit visit = console.visit("/playground")) {
            visit.signIn().asPlatformAdministrator();
            visit.signIn().signInAs(ScriptedGateway.USER, ScriptedGateway.PASSWORD);
            visit.frame().signOut();
            assertThat(visit.signIn().message("Keycloak could not be told")).isVisible();
        }
    }

    @Test
    void signingOutEndsTheSessionAndForgetsTheConversation() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/playground")) {
            visit.playground().send("A secret");
            assertThat(visit.playground().answer()).hasText("Hello there.");
            visit.frame().signOut();
            assertThat(visit.signIn().heading()).isVisible();
            visit.signIn().signInAs(ScriptedGateway.USER, ScriptedGateway.PASSWORD);
            assertThat(visit.playground().text("Start a conversation")).isVisible();
            assertThat(visit.playground().text("A secret")).hasCount(0);
        }
    }

    @Test
    void anEndedSessionAsksToSignInAndGoesOnWhereItWas() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/playground")) {
            visit.playground().send("Remember this");
            assertThat(visit.playground().measure("End")).hasText("Complete");
            gateway.endSessions();
            visit.playground().send("And this");
            assertThat(visit.signIn().message("Your session has ended. Sign in to go on.")).isVisible();
            visit.signIn().signInAs(ScriptedGateway.USER, ScriptedGateway.PASSWORD);
            assertThat(visit.playground().text("Remember this")).isVisible();
            visit.playground().button("Try again").click();
            assertThat(visit.playground().answers()).hasCount(2);
        }
    }

    @Test
    void whoIsNoAdministratorStartsAtThePlayground() {
        gateway.roles = List.of("developer");
        try (ConsoleBrowser.Visit visit = console.signedIn("/")) {
            assertThat(visit.playground().heading()).isVisible();
            assertThat(visit.frame().link("Models")).hasCount(0);
            visit.open("/models");
            assertThat(visit.frame().heading("You have no access to this page")).isVisible();
            visit.assertAccessible();
        }
    }

    @Test
    void theThemeFollowsTheSystemUntilChosenAndIsRemembered() {
        try (ConsoleBrowser.Visit visit = console.visit(ColorScheme.DARK, 1280, 800).open("/")) {
            assertThat(visit.signIn().heading()).isVisible();
            assertTrue(visit.frame().isDark());
            visit.frame().chooseTheme("Light");
            assertFalse(visit.frame().isDark());
            visit.page().reload();
            assertThat(visit.signIn().heading()).isVisible();
            assertFalse(visit.frame().isDark());
            visit.frame().chooseTheme("System");
            assertTrue(visit.frame().isDark());
        }
    }

    @Test
    void theOverviewFollowsThePlatform() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/")) {
            assertThat(visit.overview().tile("Workers")).hasText("21 up, 1 draining");
            assertThat(visit.overview().tile("Requests")).containsText("running");
            assertThat(visit.overview().worker("worker-1")).containsText("3 h 12 min");
            assertThat(visit.overview().model("damaged-7b")).containsText("model.safetensors is cut off");
            assertThat(visit.overview().model(SMOL).first()).containsText("q8, chatml, 8,192 tokens");
            String queued = visit.overview().tile("Requests").textContent();
            assertThat(visit.overview().tile("Requests")).not().hasText(queued);

            gateway.adminFault = 503;
            assertThat(visit.overview().text("The figures below are not current")).isVisible();
            assertThat(visit.overview().worker("worker-1")).isVisible();
            gateway.adminFault = 0;
            assertThat(visit.overview().text("The figures below are not current")).hasCount(0);
        }
    }

    @Test
    void aWorkerIsDrainedWhenThatIsConfirmedAndResumed() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/")) {
            assertThat(visit.overview().worker("worker-2")).containsText("is ending");
            visit.list().act("worker-1", "Drain");
            assertThat(visit.list().dialog()).containsText("No other worker serves smollm2-135m-instruct: requests for it will be refused.");
            visit.list().submit("Cancel");
            assertThat(visit.overview().worker("worker-1")).containsText("Up");
            visit.list().act("worker-1", "Drain");
            visit.assertAccessible();
            visit.list().submit("Drain");
            assertThat(visit.list().text("worker-1 gets no new requests")).isVisible();
            assertThat(visit.overview().worker("worker-1")).containsText("Drained");
            assertThat(visit.overview().worker("worker-1")).containsText("takes nothing new until it is resumed");
            visit.list().act("worker-1", "Resume");
            visit.list().submit("Resume");
            assertThat(visit.overview().worker("worker-1")).containsText("Up");
            assertEquals(List.of("POST workers/worker-1/drain", "POST workers/worker-1/resume"), gateway.changes());
            gateway.refuse(404, "not_found", "", "No worker 'worker-1' is up.");
            visit.list().act("worker-1", "Drain");
            visit.list().submit("Drain");
            assertThat(visit.list().dialog()).containsText("No worker 'worker-1' is up.");
        }
    }

    @Test
    void theCatalogueShowsTheLlama2FamilyWithShapesAndLicence() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/models")) {
            assertThat(visit.models().row("llama-2-70b-chat")).containsText("69B");
            assertThat(visit.models().row("llama-2-70b-chat")).containsText("80 × 8,192");
            assertThat(visit.models().row("llama-2-70b-chat")).containsText("Llama 2 Community License");
            visit.models().expand("llama-2-70b-chat");
            assertThat(visit.models().details("llama-2-70b-chat")).containsText("64, sharing 8 key/value heads");
            assertThat(visit.models().details("llama-2-70b-chat")).containsText("68,976,648,192");
            visit.models().find("13B");
            assertThat(visit.models().rows()).hasText(new String[] {"llama-2-13b", "llama-2-13b-chat"});
            visit.models().find("");
            visit.models().show("In store 3");
            assertThat(visit.models().rows()).hasCount(3);
            visit.models().find("no such model");
            assertThat(visit.models().text("No model found")).isVisible();
        }
    }

    @Test
    void aModelIsAddedFollowedAndGivenUp() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/models")) {
            visit.models().add("llama-2-7b-chat");
            assertThat(visit.models().dialog()).containsText("Llama 2 Community License Agreement");
            visit.list().submit("Add");
            assertThat(visit.models().dialog()).containsText("Give the path.");
            gateway.refuse(400, "invalid_value", "path", "'path' leads out of the import folder.");
            visit.list().fill("Path", "../etc");
            visit.list().submit("Add");
            assertThat(visit.models().dialog()).containsText("“Path” leads out of the import folder.");
            visit.assertAccessible();
            visit.list().fill("Path", "llama/7b-chat");
            visit.list().asked("Number format").selectOption("int4");
            visit.list().asked("Worker").selectOption("worker-2");
            visit.list().submit("Add");
            assertThat(visit.list().text("llama-2-7b-chat is on its way")).isVisible();
            assertEquals("POST models {\"name\":\"llama-2-7b-chat\",\"path\":\"llama/7b-chat\",\"dtype\":\"int4\",\"worker\":\"worker-2\"}",
                    gateway.changes().get(gateway.changes().size() - 1));
            visit.page().reload();
            assertThat(visit.models().coming("llama-2-7b-chat")).containsText("4.0 GiB of 13 GiB");
            visit.list().press("Add a model");
            visit.list().fill("Path", "big.gguf");
            visit.list().fill("Model", "big");
            visit.list().submit("Add");
            assertThat(visit.models().coming("big")).containsText("waits for the one before it");
            visit.list().act("the way of llama-2-7b-chat", "Cancel");
            visit.list().submit("Give up");
            assertThat(visit.models().coming("llama-2-7b-chat")).containsText("Given up");
            gateway.platform.end("big.1", "failed", "Importing big needs 7000 MiB of disk space, but only 12 MiB are free.");
            assertThat(visit.models().coming("big")).containsText("only 12 MiB are free");
            visit.assertAccessible();
        }
    }

    @Test
    void aModelIsRemovedFromTheStoreWhenItsNameIsTyped() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/models")) {
            assertThat(visit.models().row("smollm2-135m-instruct")).containsText("Serving");
            assertThat(visit.list().menu("smollm2-135m-instruct")).hasCount(0);
            visit.list().act("stories-15m", "Remove from the store");
            gateway.refuse(409, "model_in_use", "name", "A worker holds the model stories-15m: stop serving it first.");
            visit.list().confirm("stories-15m", "Remove");
            assertThat(visit.models().dialog()).containsText("stop serving it first");
            visit.list().submit("Remove");
            assertThat(visit.list().text("stories-15m is removed")).isVisible();
            assertThat(visit.models().row("stories-15m")).containsText("Catalogue");
        }
    }

    @Test
    void aStoredModelIsServedAndLeavesServiceOnlyWhenConfirmed() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/models")) {
            visit.models().serve("stories-15m");
            assertThat(visit.models().text("stories-15m will be served")).isVisible();
            assertThat(visit.models().row("stories-15m")).containsText("Serving");
            visit.models().stopServing("stories-15m");
            visit.models().cancel();
            assertThat(visit.models().row("stories-15m")).containsText("Serving");
            visit.models().stopServing("stories-15m");
            visit.models().confirm();
            assertThat(visit.models().row("stories-15m")).containsText("In store");
        }
    }

    @Test
    void anActionThatFailsSaysWhyAndChangesNothing() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/models")) {
            assertThat(visit.models().row("stories-15m")).isVisible();
            gateway.adminFault = 500;
            visit.models().serve("stories-15m");
            assertThat(visit.models().text("stories-15m is not served")).isVisible();
            assertThat(visit.models().text("The database does not answer.").first()).isVisible();
            gateway.adminFault = 0;
            assertThat(visit.models().row("stories-15m")).containsText("In store");
        }
    }

    @Test
    void anAnswerStreamsInWithItsMeasures() {
        gateway.answer = ScriptedAnswer.words(20, "One", " two", " three", " <b>four</b>", " five").heldAfter(2);
        try (ConsoleBrowser.Visit visit = console.signedIn("/playground")) {
            assertThat(visit.playground().model()).hasValue(SMOL);
            visit.playground().set("System prompt", "Count.");
            visit.playground().set("Temperature", "0.5");
            visit.playground().set("Top K", "40");
            visit.playground().set("Seed", "7");
            visit.playground().set("Stop strings", "six");
            visit.playground().message().fill("Count to five");
            visit.playground().message().press("Enter");
            assertThat(visit.playground().answer()).hasText("One two");
            assertThat(visit.playground().button("Stop")).isVisible();
            gateway.goOn();
            assertThat(visit.playground().answer()).hasText("One two three <b>four</b> five");
            assertThat(visit.playground().measure("Speed")).hasText(Pattern.compile("^[\\d,.]+ tokens/s$"));
            assertThat(visit.playground().measure("First token")).hasText(Pattern.compile("^[\\d.]+ m?s$"));
            assertThat(visit.playground().measure("Prompt")).hasText("31 tokens");
            assertThat(visit.playground().measure("Answer")).hasText("5 tokens");
            assertThat(visit.playground().measure("End")).hasText("Complete");
            assertEquals("""
                    {"model":"smollm2-135m-instruct","messages":[{"role":"system","content":"Count."},\
                    {"role":"user","content":"Count to five"}],"temperature":0.5,"top_k":40,"seed":7,"stop":["six"],\
                    "stream":true,"stream_options":{"include_usage":true},"return_token_ids":true}""",
                    gateway.chats().get(0).toString());
        }
    }

    @Test
    void stoppingAnAnswerClosesItsConnectionAndKeepsItsText() throws InterruptedException {
        gateway.answer = ScriptedAnswer.endless(20);
        try (ConsoleBrowser.Visit visit = console.signedIn("/playground")) {
            visit.playground().send("Talk");
            assertThat(visit.playground().answer()).containsText("word5");
            visit.playground().stop();
            assertThat(visit.playground().measure("End")).hasText("Stopped");
            assertTrue(gateway.readerWentAway());
            assertThat(visit.playground().answer()).containsText("word5");
            assertThat(visit.playground().message()).isFocused();
        }
    }

    @Test
    void anAnswerGoesOnWhileAnotherPageIsLookedAt() {
        gateway.answer = ScriptedAnswer.words(0, "One", " two", " three").heldAfter(1);
        try (ConsoleBrowser.Visit visit = console.signedIn("/playground")) {
            visit.playground().send("Count");
            assertThat(visit.playground().answer()).isVisible();
            visit.frame().link("Overview").click();
            assertThat(visit.overview().heading()).isVisible();
            gateway.goOn();
            visit.frame().link("Playground").click();
            assertThat(visit.playground().answer()).hasText("One two three");
        }
    }

    @Test
    void aRefusalShowsTheMessageOfTheApiAndCanBeTriedAgain() {
        gateway.answer = ScriptedAnswer.refusal(429, "The queue of smollm2-135m-instruct is full.");
        try (ConsoleBrowser.Visit visit = console.signedIn("/playground")) {
            visit.playground().send("Hello");
            assertThat(visit.playground().text("The queue of smollm2-135m-instruct is full.")).isVisible();
            visit.assertAccessible();
            gateway.answer = ScriptedAnswer.words(0, "Hi");
            visit.playground().button("Try again").click();
            assertThat(visit.playground().answer()).hasText("Hi");
            assertThat(visit.playground().text("is full")).hasCount(0);
        }
    }

    @Test
    void anAnswerThatBreaksOffKeepsItsBeginningAndSaysWhy() {
        gateway.answer = ScriptedAnswer.breakdown("The worker of this answer was lost.", "Once", " upon");
        try (ConsoleBrowser.Visit visit = console.signedIn("/playground")) {
            visit.playground().send("Tell me");
            assertThat(visit.playground().text("The worker of this answer was lost.")).isVisible();
            assertThat(visit.playground().answer()).hasText("Once upon");
            gateway.answer = ScriptedAnswer.cutOff("Twice");
            visit.playground().button("Try again").click();
            assertThat(visit.playground().text("The connection closed before the answer was complete.")).isVisible();
            assertThat(visit.playground().answer()).hasText("Twice");
        }
    }

    @Test
    void aSettingOutOfRangeIsNamedAndNothingIsSent() {
        try (ConsoleBrowser.Visit visit = console.signedIn("/playground")) {
            visit.playground().set("Top P", "1.5");
            visit.playground().message().fill("Hello");
            assertThat(visit.playground().text("At most 1")).isVisible();
            assertThat(visit.playground().button("Send")).isDisabled();
            visit.playground().message().press("Enter");
            visit.playground().button("Reset").click();
            assertEquals(0, gateway.chats().size());
            visit.playground().message().press("Enter");
            assertThat(visit.playground().answer()).hasText("Hello there.");
        }
    }

    @Test
    void theKeyboardAloneIsEnough() {
        try (ConsoleBrowser.Visit visit = console.visit("/playground")) {
            assertThat(visit.signIn().heading()).isVisible();
            visit.page().keyboard().type(ScriptedGateway.USER);
            visit.page().keyboard().press("Tab");
            visit.page().keyboard().type(ScriptedGateway.PASSWORD);
            visit.page().keyboard().press("Enter");
            assertThat(visit.playground().model()).hasValue(SMOL);
            visit.page().keyboard().press("Tab");
            assertThat(visit.page().getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Skip to content"))).isFocused();
            visit.page().keyboard().press("Enter");
            for (int i = 0; i < 6 && !visit.playground().message().evaluate("e => e === document.activeElement").equals(true); i++) {
                visit.page().keyboard().press("Tab");
            }
            assertThat(visit.playground().message()).isFocused();
            visit.page().keyboard().type("First line");
            visit.page().keyboard().press("Shift+Enter");
            visit.page().keyboard().type("second line");
            visit.page().keyboard().press("Enter");
            assertThat(visit.playground().answer()).hasText("Hello there.");
            assertEquals("First line\nsecond line", gateway.chats().get(0).at("/messages/0/content").asText());
        }
    }
}
