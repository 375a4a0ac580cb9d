import java.util.List;
import java.util.concurrent.Callable;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.ApplicationsApi;
import org.openapitools.client.api.ChatsApi;
import org.openapitools.client.api.MessagesApi;
import org.openapitools.client.model.Application;
import org.openapitools.client.model.Chat;
import org.openapitools.client.model.Message;
import org.openapitools.client.model.NewApplication;
import org.openapitools.client.model.NewMessage;

/** What the client that openapi-generator makes of the document is asked to do. */
public class Client {
  public static void main(String[] arguments) throws Exception {
    ApiClient client = new ApiClient();
    client.updateBaseUri(System.getenv("BASE_URL"));
    ApplicationsApi applications = new ApplicationsApi(client);
    ChatsApi chats = new ChatsApi(client);
    MessagesApi messages = new MessagesApi(client);

    NewApplication named = new NewApplication().name("Generated");
    Application application = applications.createApplication(named, System.getenv("KEY"));
    String token = application.getAccessToken();
    Long chat = chats.createChat(token, null).getNumber();
    Long number =
        messages.createMessage(token, chat, new NewMessage().body("made by three"), null).getNumber();
    Callable<Message> row = () -> messages.getMessage(token, chat, number, null);
    check(until(row).getBody().equals("made by three"));
    messages.replaceMessage(token, chat, number, new NewMessage().body("edited by three"), null, null);
    until(
        () -> {
          List<Message> found = messages.searchMessages("edited", token, chat, null, null, null);
          return found.isEmpty() ? null : found;
        });
    List<Message> listed = messages.listMessages(token, chat, 1, null, null, null, null);
    check(listed.get(0).getNumber() == 1L);

    // What a later release adds is ignored, and numbers are as long as they may be.
    String later = "{\"number\":9999999999,\"created_at\":\"2022-08-09T22:17:52.599Z\","
        + "\"updated_at\":\"2022-08-09T22:17:52.599Z\",\"message_count\":9999999999,\"added\":[1]}";
    Chat read = client.getObjectMapper().readValue(later, Chat.class);
    check(read.getNumber() == 9_999_999_999L && read.getMessageCount() == 9_999_999_999L);
    System.out.println(until(row).getBody());
  }

  /** What a call answers, once it is what was waited for; 404 is not yet. */
  private static <T> T until(Callable<T> found) throws Exception {
    for (int tries = 0; tries < 600; tries++) {
      try {
        T answer = found.call();
        if (answer != null) {
          return answer;
        }
      } catch (ApiException error) {
        if (error.getCode() != 404) {
          throw error;
        }
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException("it did not come");
  }

  private static void check(boolean holds) {
    if (!holds) {
      throw new IllegalStateException("another answer");
    }
  }
}
